"""Who works in the demo companies."""

from dataclasses import dataclass
from datetime import date, datetime

from kernel import access
from kernel.access import departments, operations, passwords
from kernel.access.catalogue import POSTS
from kernel.access.models import Department, PostHolding, User
from kernel.access.queries import actor_for

PASSWORD = "guanjia-demo-2026"  # noqa: S105 - printed at every start
SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Person:
    """A demo login; ``in_project`` for posts that are held in one project."""

    username: str
    name: str
    post: str
    in_project: bool = False


ADMINISTRATOR = Person("xujing", "许静", "company_admin")
MANAGER = Person("fangqiming", "方启明", "property_manager")
DIRECTOR = Person("zhaomin", "赵敏", "charging_director")
COLLECTOR = Person("zhouting", "周婷", "collector", in_project=True)
READER = Person("lijianguo", "李建国", "meter_reader", in_project=True)
# Those who sign, keep and serve: without them an approval would find nobody at its desks.
OTHERS = (
    Person("guchanghe", "顾长河", "chairman"),
    Person("shenyue", "沈岳", "company_gm"),
    Person("luming", "陆明", "deputy_gm"),
    Person("qinling", "秦岭", "real_estate_gm"),
    Person("hanbing", "韩冰", "property_dept_manager"),
    Person("tangwan", "唐婉", "general_office"),
    Person("hejing", "何静", "finance_head"),
    Person("wufang", "吴芳", "cashier"),
    Person("hewei", "何伟", "buyer"),
    Person("sunli", "孙立", "materials_keeper"),
    Person("zhoulan", "周岚", "mo_manager", in_project=True),
    Person("lintao", "林涛", "mo_director", in_project=True),
    Person("zhenghai", "郑海", "community_head", in_project=True),
    Person("fengjie", "冯洁", "cs_supervisor", in_project=True),
    Person("hexiaomin", "何晓敏", "front_desk", in_project=True),
    Person("liuyan", "刘燕", "front_desk", in_project=True),  # one desk does not register itself
    Person("zhanglei", "张磊", "steward", in_project=True),
    Person("chenguodong", "陈国栋", "maintenance_supervisor", in_project=True),
    Person("maqiang", "马强", "technician", in_project=True),
)
MAIN = (ADMINISTRATOR, MANAGER, DIRECTOR, COLLECTOR, READER)  # of the month of bills
EVERYBODY = (*MAIN, *OTHERS)


def settle(person: Person, *, project_id: int | None, now: datetime) -> None:
    """Add the person and give the post, where that is not done yet."""
    user = User.objects.filter(username=person.username).first()
    if user is None:
        user = operations.add_user(
            actor=access.SYSTEM,
            username=person.username,
            name=person.name,
            password=PASSWORD,
            now=now,
        )
    elif not user.has_usable_password():  # the set-up made him and sent him a link
        passwords.set_by_link(token=passwords.make_link_token(user), password=PASSWORD, now=now)
    scope = project_id if person.in_project else None
    held = PostHolding.objects.filter(user=user, post__key=person.post, project_id=scope)
    if not held.exists():
        operations.give_post(
            actor=access.SYSTEM,
            user_id=user.pk,
            post=person.post,
            project_id=scope,
            valid_from=SINCE,
            now=now,
        )


# Whose papers the department's head reviews: a contract's, a purchase's.
HEADS = {"CS": "fengjie", "ENG": "chenguodong", "CHG": "zhaomin", "FIN": "hejing", "OFF": "tangwan"}
OF_PROJECT = ("CS", "ENG")


def form_departments(*, project_id: int, now: datetime) -> None:
    """Put everybody into the department of his post, and name who leads it."""
    ids = dict(Department.objects.values_list("key", "pk"))
    users = dict(User.objects.values_list("username", "pk"))
    for person in EVERYBODY:
        departments.move_person(
            actor=access.SYSTEM,
            user_id=users[person.username],
            department_id=ids.get(POSTS[person.post].department or ""),
            now=now,
        )
    for key, username in HEADS.items():
        departments.name_head(
            actor=access.SYSTEM,
            department_id=ids[key],
            project_id=project_id if key in OF_PROJECT else None,
            user_id=users[username],
            now=now,
        )


def acting(person: Person, today: date) -> access.Actor:
    """Return the actor that the person is today."""
    return actor_for(user=User.objects.get(username=person.username), today=today)
