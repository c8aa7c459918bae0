"""Send digests: mails each person what changed and what waits, once a day, and notices at once.

Asked    every five minutes, if a mail server is configured
Steps    notices: for those who want each; digests: for those whose morning it is
Repeats  what the mail server took is noted per person; the rest is sent under the same Message-ID
Errors   a mail server that takes nothing: the job tries again, later each time
Source   docs/work/send_digests.md
"""

from datetime import datetime

from wald.actions.mailing import mail_digests, mail_notices
from wald.actions.work.job import Job, Run, Step
from wald.kernel.workspace import Workspace
from wald.messages.configured import has_mail


def _notices(run: Run) -> object:
    return mail_notices(actor=run.actor, workspace=run.workspace, at=run.at, told=run.told)


def _digests(run: Run) -> object:
    return mail_digests(actor=run.actor, workspace=run.workspace, at=run.at, told=run.told)


def _wanted(workspace: Workspace, at: datetime) -> bool:
    return has_mail()


JOB = Job(
    key="send_digests",
    title="Send digests",
    steps=(Step("notices", _notices), Step("digests", _digests)),
    source="docs/work/send_digests.md",
    every_minutes=5,
    wanted=_wanted,
)
