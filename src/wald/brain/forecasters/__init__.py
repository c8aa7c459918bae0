"""Forecasters: what a period will book, one way to tell it per file."""
