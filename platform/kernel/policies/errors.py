from django.apps import apps
from django.utils.functional import lazy
from django.utils.translation import gettext

from kernel.errors import Conflict, Invalid
from kernel.policies.settings import Setting
from kernel.text import _p


class PolicyUnset(Invalid):
    """The function needs a figure that no default may be shipped for (handbook 0.1)."""

    code = "policies.unset"

    def __init__(self, setting: Setting) -> None:
        super().__init__(lazy(_unset, str)(setting), details={"setting": setting.key})
        self.setting = setting


class OverrideRefused(Invalid):
    """The setting counts for the whole company."""

    code = "policies.company-only"


class DayRefused(Invalid):
    """From this day a value may not count."""

    code = "policies.day-refused"


class ValuesDisagree(Invalid):
    """The value does not go with that of another setting."""

    code = "policies.values-disagree"


class DecidedElsewhere(Conflict):
    """More comes with the setting than a value: a page of its own decides it."""

    code = "policies.decided-elsewhere"


class ChangedMeanwhile(Conflict):
    code = "policies.changed-meanwhile"


def _unset(setting: Setting) -> str:
    """Return the sentence: which setting, and which posts can set it."""
    carried = apps.get_model("access", "PostAction").objects.filter(
        action=setting.action.value, is_given=True, post__is_active=True
    )
    posts = [row.post.label for row in carried.select_related("post").order_by("post_id")]
    if not posts:
        return gettext(
            "“%(name)s” (%(key)s) is not set, and no post of the company may set it."
        ) % {"name": setting.name, "key": setting.key}
    return gettext("“%(name)s” (%(key)s) is not set. It is set under Settings by: %(posts)s.") % {
        "name": setting.name,
        "key": setting.key,
        "posts": str(_p("between items of a list", ", ")).join(posts),
    }
