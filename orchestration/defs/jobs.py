"""What runs when: scores often, fits seldom."""

import dagster as dg

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Load, build, fit, score and publish: what `make run` does.",
)

# Scores follow feedback; the fits in force go on serving until the calendar's next fit.
rescoring = dg.define_asset_job(
    "rescoring",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("fits"),
    description="Load, build, score and publish with the fits in force.",
)

# What the weekly evaluations follow from, with the fits in force but for the line, which is read
# off anew: `make preview` builds it in schemas of its own, where it changes what the weeks say.
_unread = dg.AssetSelection.groups("fits", "compared", "validity", "reports", "portal", "delivery")
trying = dg.define_asset_job(
    "trying",
    selection=(dg.AssetSelection.all() - _unread) | dg.AssetSelection.assets("fitted/churn_line"),
    description="Build the weekly evaluations of a policy that is tried: part of `make preview`.",
)

monthly_fits = dg.ScheduleDefinition(
    name="monthly_fits",
    job=everything,
    cron_schedule="0 3 1 * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)

hourly_scores = dg.ScheduleDefinition(
    name="hourly_scores",
    job=rescoring,
    cron_schedule="15 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)

defs = dg.Definitions(jobs=[everything, rescoring, trying], schedules=[monthly_fits, hourly_scores])
