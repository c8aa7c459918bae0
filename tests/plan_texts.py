"""Two compensation plans: one with bounds for units and a comment, one that pays plain files."""

TEXT = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
local:
  components.commission.tiered_rate.tiers.0_5.rate: {lowest: 0.05, highest: 0.08}
content:
  currency: EUR
  measures:
    - {key: revenue, quota: bookings}
  components:
    - key: commission          # the one that matters
      measure: revenue
      tiered_rate:
        tiers:
          - {starts_at: 0, rate: 0.05}
          - {starts_at: 0.50, rate: 0.06}
          - {starts_at: 1, rate: 0.08}
    - key: bonus
      measure: revenue
      every: quarter
      goal_bonus: {amount: 1000}
"""
PLAN = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
content:
  currency: EUR
  eligible: {roles: [rep]}
  measures:
    - {key: revenue, quota: bookings}
  components:
    - key: commission
      measure: revenue
      tiered_rate:
        tiers:
          - {starts_at: 0, rate: 0.05}
          - {starts_at: 1, rate: 0.08}
"""
