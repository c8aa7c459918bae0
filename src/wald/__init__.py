"""Wald: the heart and the brain of a B2B sales organization."""
