"""The documents of the invented company, as its people wrote them; `{operations}` and the like
are user names."""

POLICY = """\
document: approval_policy
name: discounts
starts_on: 2026-07-01
owner: {operations}
reason: One policy for everybody, with room for the regions
local:
  rules.regional_director.discount_above: {{lowest: 0.05, highest: 0.20}}
  rules.*.escalates_after_hours: {{lowest: 4, highest: 40}}
content:
  currency: EUR
  rules:
    - name: regional_director
      approver: sales_leader
      discount_above: 0.15        # a share of the list price: 15 %
      escalates_to: sales_operations
      escalates_after_hours: 16
    - name: finance
      approver: finance
      discount_above: 0.30
      total_above: 500000         # net, in the policy's currency
"""

# Inside the bounds, and in force into the next year.
INSIDE = """\
document: approval_policy
name: discounts
unit: {unit}
starts_on: 2026-07-15
expires_on: 2027-07-01
owner: {local}
reason: Distributors expect two points more before a director is asked
content:
  rules:
    - name: regional_director
      discount_above: 0.18
"""

# Was inside the bounds, and is over: somebody must say whether it is still wanted.
EXPIRED = """\
document: approval_policy
name: discounts
unit: {unit}
starts_on: 2026-07-15
expires_on: 2026-10-01
owner: {operations}
reason: A price war in the third quarter
content:
  rules:
    - name: regional_director
      discount_above: 0.20
"""

HOURS = """\
document: working_hours
name: office
starts_on: 2026-07-01
owner: {operations}
reason: When people work, and how long a case may take
local:
  time_zone:
  holidays:
content:
  time_zone: Europe/Berlin
  weekdays:
    - {{day: monday, opens: "09:00", closes: "17:30"}}
    - {{day: tuesday, opens: "09:00", closes: "17:30"}}
    - {{day: wednesday, opens: "09:00", closes: "17:30"}}
    - {{day: thursday, opens: "09:00", closes: "17:30"}}
    - {{day: friday, opens: "09:00", closes: "16:00"}}
  holidays: [2026-12-25, 2026-12-28, 2027-01-01]
  due:
    - {{kind: approval, hours: 16}}
    - {{kind: dispute, hours: 40}}
"""

# Said every Monday; the last weeks of a quarter are for closing deals, not for numbers.
FORECAST = """\
document: forecast_calendar
name: company
starts_on: 2026-07-01
owner: {operations}
reason: One rhythm for everybody, from reps upward
local:
  deadline_time: {{lowest: "09:00", highest: "18:00"}}
content:
  periods: quarter
  time_zone: Europe/Berlin
  deadline_day: monday
  deadline_time: "17:00"
  opens_days_before: 31
  lock_weeks: [13]
  categories: [commit, best_case, pipeline]
  roll_up: cumulative           # a category holds what is closed and all that is surer
  stale_after_days: 8
"""

# A tenth more than was booked in 2025; local operations may hedge a little more than the centre.
QUOTAS = """\
document: quota_plan
name: company
starts_on: 2027-01-01
owner: {operations}
reason: The plan of 2027, in time for everybody to look at it
local:
  levels.team.over_assignment: {{lowest: 1, highest: 1.10}}
content:
  fiscal_year: 2027
  total: {total}
  currency: {currency}
  weights: bookings             # what each booked in the year before; who has none, the average
  levels:
    - {{level: organization, over_assignment: 1.05}}
    - {{level: team, over_assignment: 1.02}}
  season: measured              # as the two years before were
  ramp:
    - {{month: 1, share: 0}}
    - {{month: 2, share: 0.25}}
    - {{month: 3, share: 0.5}}
    - {{month: 4, share: 0.75}}
"""

# Also in examples/plans, with worked cases.
REPS = """\
document: compensation_plan
name: account_executives
starts_on: 2023-10-01
owner: {operations}
reason: A faster rate above quota, more for a good quarter, a reward for new customers
local:
  components.commission.tiered_rate.tiers.1.rate: {{lowest: 0.07, highest: 0.09}}
content:
  currency: EUR
  pays: month
  target_incentive: 60000
  eligible:
    roles: [rep]
  credits:
    - {{name: deals, kind: split}}   # who the split of a deal names, else its owner
  measures:
    - {{key: bookings, quota: bookings}}
    - {{key: new_customers, where: type = 'new_business'}}
  components:
    - key: commission
      measure: bookings
      tiered_rate:
        tiers:
          - {{starts_at: 0, rate: 0.04}}
          - {{starts_at: 1, rate: 0.07}}
    - key: good_quarter
      measure: bookings
      every: quarter
      resets: quarter
      accelerator:
        rate: 0.005
        steps:
          - {{starts_at: 1, times: 2}}
    - key: new_customer_reward
      measure: new_customers
      spiff: {{amount: 0.005}}       # half a cent of each euro sold to a new customer
"""

MANAGERS = """\
document: compensation_plan
name: managers
starts_on: 2023-10-01
owner: {operations}
reason: A share of what the team books
content:
  currency: EUR
  pays: month
  eligible:
    roles: [manager]
  credits:
    - {{name: team, kind: roll_up}}  # whoever the credited person reported to on the day
  measures:
    - {{key: team_bookings}}
  components:
    - key: override
      measure: team_bookings
      manager_override: {{rate: 0.006}}
"""

ACCOUNTING = """\
document: accounting_policy
name: commissions
starts_on: 2023-10-01
owner: {operations}
reason: Customers stay five years on average
content:
  currency: EUR
  benefit_months: 60
"""

PROCESS = """\
document: sales_process
name: company
starts_on: 2023-10-01
owner: {operations}
reason: What a deal has to show before it goes on, so that a stage means the same everywhere
local:
  stages.*.probability: {{lowest: 0.02, highest: 0.9}}
content:
  stages:
    - key: prospecting
      stage: Prospecting
      probability: 0.05
      may_skip: true
      exit_criteria:
        - {{key: reached, words: somebody there talked to us, evidence: activity}}
    - key: qualification
      stage: Qualification
      probability: 0.15
      exit_criteria:
        - {{key: met, words: we met the customer, evidence: activity, like: meeting}}
        - {{key: worth, words: we know what it may be worth, evidence: amount}}
    - key: discovery
      stage: Discovery
      probability: 0.3
      exit_criteria:
        - key: buyer
          words: we know somebody who decides about money
          evidence: contact
          like: finance, chief, purchasing, controller
          since: opening
        - {{key: when, words: the customer named a day, evidence: close_on}}
    - key: proposal
      stage: Proposal
      probability: 0.5
      exit_criteria:
        - {{key: offered, words: the proposal names what they buy, evidence: line}}
        - key: presented
          words: we went through the proposal with them
          evidence: activity
          like: meeting
    - {{key: negotiation, stage: Negotiation, probability: 0.75, may_skip: true}}
    - {{key: won, stage: Closed Won, outcome: won}}
    - {{key: lost, stage: Closed Lost, outcome: lost}}
  segments:
    - key: smb
      segment: SMB
      stages:
        - {{key: qualification, probability: 0.2, exit_criteria: []}}
"""

# Inside the bounds: a market that the company entered late.
PROCESS_THERE = """\
document: sales_process
name: company
unit: {unit}
starts_on: 2026-07-15
expires_on: 2027-07-01
owner: {local}
reason: Fewer of our proposals are taken than elsewhere
content:
  stages:
    - {{key: proposal, probability: 0.4}}
"""
