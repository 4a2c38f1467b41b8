"""Settings of organisation, files, documents, keys and cards."""

from kernel.policies.catalogue.words import (
    CHARACTERS,
    HOURS,
    MONTHS,
    PERSONS,
    TIMES,
    YEARS,
    YUAN,
    one_of,
    some_of,
)
from kernel.policies.kinds import Lines, Money, Pattern, Whole
from kernel.policies.kinds_of_time import Spans, Week
from kernel.policies.settings import UNSET, Setting, lines
from kernel.text import _, _p

ORG = (
    Setting(
        "calendar.week",
        Week(),
        "Mon-Fri",
        name=_p("setting", "Working week"),
        help=_(
            "The weekdays that are worked. Every limit in working days uses them, together with "
            "public holidays and the exceptions in the working calendar."
        ),
        rules="SH-06",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "calendar.hours",
        Spans(),
        "08:00-12:00,13:00-17:00",
        name=_p("setting", "Hours of a working day"),
        help=_(
            "What counts as working time inside a working day. Limits in working hours stand "
            "still outside of it."
        ),
        rules="SH-06",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "org.departments",
        some_of("CS", "ENG", "SEC", "ENV", "ADM"),
        "CS,ENG,SEC,ENV",
        name=_p("setting", "Departments of a project"),
        help=_(
            "The professional departments every project starts with. Cases are dispatched and "
            "rosters are made by department."
        ),
        rules="SH-01",
    ),
    Setting(
        "org.reporting_lines",
        one_of("A", "B", "C", "D", "E"),
        "A",
        name=_p("setting", "Reporting lines"),
        help=_(
            "Which of the handbook's ladders the company starts from. Approvals by a leader climb"
            " this ladder; posts can be adapted one by one."
        ),
        rules="SH-05",
        is_proposed=True,
        per_project=False,
        decided_at="posts-ladders",
    ),
    Setting(
        "committee.members",
        Whole(least=1, most=99),
        "7",
        name=_p("setting", "Members of the owners' committee"),
        help=_("How many members the owners' committee of a project has, the chair included."),
        rules="SH-08",
        unit=PERSONS,
    ),
    Setting(
        "project.collection_party",
        one_of("company", "committee"),
        "company",
        name=_p("setting", "Who collects the fees"),
        help=_(
            "To whom owners of a project pay: the company, or the owners' committee. It is "
            "printed on payment notices."
        ),
        rules="SH-09",
        is_proposed=True,
    ),
    Setting(
        "project.setup_checklist",
        Lines(),
        lines(
            _p("checklist", "Staff"),
            _p("checklist", "Premises"),
            _p("checklist", "Forms"),
            _p("checklist", "Keys"),
            _p("checklist", "Signs"),
            _p("checklist", "Systems"),
            _p("checklist", "Opening notice"),
        ),
        name=_p("setting", "Checklist for setting up an office"),
        help=_("What has to be ready before a new management office opens."),
        rules="SH-91",
        is_proposed=True,
    ),
)

FILES = (
    Setting(
        "archive.owner_file_checklist",
        Lines(),
        lines(
            _p("checklist", "Copies of identity papers"),
            _p("checklist", "Signed agreements"),
            _p("checklist", "Owner information form"),
            _p("checklist", "House inspection papers"),
            _p("checklist", "Confirmed renovation papers"),
            _p("checklist", "Other papers"),
        ),
        name=_p("setting", "Contents of an owner's file"),
        help=_(
            "What belongs into the file of a residential owner. The share of complete files is "
            "counted by it."
        ),
        rules="SH-20",
    ),
    Setting(
        "archive.customer_file_checklist",
        Lines(),
        lines(
            _p("checklist", "Company particulars"),
            _p("checklist", "Payment record with deposits"),
            _p("checklist", "Renovation papers"),
            _p("checklist", "Move-in papers"),
            _p("checklist", "Supplements"),
            _p("checklist", "Contact data"),
            _p("checklist", "Emergency contact"),
            _p("checklist", "Correspondence"),
            _p("checklist", "Violations and arrears"),
            _p("checklist", "Repair requests"),
            _p("checklist", "Complaints"),
            _p("checklist", "Engineering files of the premises"),
        ),
        name=_p("setting", "Contents of a commercial customer's file"),
        help=_("What belongs into the file of a commercial customer."),
        rules="SH-21",
    ),
    Setting(
        "archive.owner_file_retention",
        one_of("permanent", "30_years", "20_years", "10_years"),
        "permanent",
        name=_p("setting", "Keeping of current owners' files"),
        help=_(
            "How long the file of a current owner is kept. Nothing is ever removed without "
            "approval."
        ),
        rules="SH-26",
    ),
    Setting(
        "archive.grant_hours",
        Whole(least=1, most=168),
        "24",
        name=_p("setting", "How long a granted file is open"),
        help=_(
            "Hours from the registration at the front desk in which whoever asked may look at the "
            "papers of an owner's file. After that the file is asked for anew."
        ),
        rules="SH-25",
        unit=HOURS,
        is_proposed=True,
    ),
    Setting(
        "archive.reveal_reason_chars",
        Whole(least=2, most=50),
        "4",
        name=_p("setting", "Reason for seeing a number in full"),
        help=_(
            "Characters that the reason has at least when somebody wants to see a phone or ID "
            "number in full. The reason stands in the register of looks."
        ),
        rules="SH-25, SH-30",
        unit=CHARACTERS,
        is_proposed=True,
    ),
    Setting(
        "archive.reveals_per_hour",
        Whole(least=1, most=500),
        "20",
        name=_p("setting", "Numbers seen in full within an hour"),
        help=_(
            "Whoever sees more phone and ID numbers in full within an hour is entered in the "
            "security log. Nobody is stopped by it."
        ),
        rules="SH-30",
        unit=TIMES,
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "retention.former_owner_years",
        Whole(least=1, most=100),
        "3",
        name=_p("setting", "Keeping of former owners' files"),
        help=_(
            "Years after a change of title until the former owner's file appears on the disposal "
            "list."
        ),
        rules="SH-23, SH-70",
        unit=YEARS,
    ),
    Setting(
        "retention.violation_general_years",
        Whole(least=1, most=100),
        "1",
        name=_p("setting", "Keeping of general violations"),
        help=_("Years until the record of a general violation appears on the disposal list."),
        rules="SH-70, CS-112",
        unit=YEARS,
    ),
    Setting(
        "retention.violation_major_years",
        Whole(least=1, most=100),
        "5",
        name=_p("setting", "Keeping of major violations"),
        help=_("Years until the record of a major violation appears on the disposal list."),
        rules="SH-70, CS-112",
        unit=YEARS,
    ),
    Setting(
        "retention.default_years",
        Whole(least=1, most=100),
        "3",
        name=_p("setting", "Keeping of other records"),
        help=_(
            "Years for complaints, repairs, patrols, revisits, keys, cards, handover logs and "
            "notices."
        ),
        rules="SH-72",
        unit=YEARS,
        is_proposed=True,
    ),
    Setting(
        "retention.finance_years",
        Whole(least=1, most=100),
        "10",
        name=_p("setting", "Keeping of financial records"),
        help=_("Years for receipt stubs, cash sheets, arrears statements, contracts and waivers."),
        rules="SH-73",
        unit=YEARS,
        is_proposed=True,
    ),
    Setting(
        "registry.poi_refresh_months",
        Whole(least=1, most=60),
        "3",
        name=_p("setting", "Refresh of the neighbourhood guide"),
        help=_(
            "How often the list of places and telephone numbers around a project is to be checked."
        ),
        rules="SH-18",
        unit=MONTHS,
        is_proposed=True,
    ),
)

DOCUMENTS = (
    Setting(
        "doc.number_pattern",
        Pattern(),
        "{CO}-{DEPT}-{NN}",
        name=_p("setting", "Number of a controlled document"),
        help=_(
            "How controlled documents are numbered. CO is the company, DEPT the department, NN "
            "the running number, YYYY the year. It counts for new documents."
        ),
        rules="SH-41",
        is_proposed=True,
        per_project=False,
        decided_at="numbers",
    ),
    Setting(
        "notice.approval",
        one_of("cs_supervisor", "mo_director", "mo_manager"),
        "cs_supervisor",
        name=_p("setting", "Who approves publicity"),
        help=_(
            "Whose approval boards, columns and tips of the service centre need before they are "
            "published."
        ),
        rules="SH-47",
        is_proposed=True,
    ),
    Setting(
        "contact_sheet.return_hours",
        Whole(least=1, most=720),
        "24",
        name=_p("setting", "Answer to an internal contact sheet"),
        help=_("Hours until an internal contact sheet must be answered; later it is chased."),
        rules="SH-48",
        unit=HOURS,
        is_proposed=True,
    ),
    Setting(
        "publish.accounts_period",
        one_of("month", "quarter", "half_year", "year"),
        "quarter",
        name=_p("setting", "Publication of the accounts"),
        help=_("How often income and expenses of a project are published to its owners."),
        rules="SH-45, BL-114",
    ),
    Setting(
        "report.period",
        some_of("month", "quarter", "half_year", "year"),
        "month,year",
        name=_p("setting", "Reports of an office"),
        help=_("Which regular reports the management office and its departments make."),
        rules="CS-223",
    ),
)

KEYS = (
    Setting(
        "keys.loan_max_hours",
        Whole(least=1, most=720),
        "8",
        name=_p("setting", "Longest loan of a key"),
        help=_("Hours after which a lent key counts as overdue."),
        rules="SH-52",
        unit=HOURS,
        is_proposed=True,
    ),
    Setting(
        "keys.count_period",
        one_of("week", "month", "quarter", "half_year"),
        "month",
        name=_p("setting", "Count of keys"),
        help=_("How often custodian and supervisor count the keys together."),
        rules="SH-55",
        is_proposed=True,
    ),
    Setting(
        "card.types",
        some_of(
            "access",
            "vehicle",
            "parking_permit",
            "gas",
            "electricity",
            "user_id",
            "worker_pass",
            "non_motor_plate",
            "ab_card",
        ),
        "access,vehicle,parking_permit,gas,electricity,user_id,worker_pass,non_motor_plate,ab_card",
        name=_p("setting", "Card types"),
        help=_("Which cards and permits the front desk issues and registers."),
        rules="SH-60",
    ),
    Setting(
        "card.fee_on",
        one_of("first_issue", "every_issue", "never"),
        "first_issue",
        name=_p("setting", "When a vehicle card costs a fee"),
        help=_("On which issue the card fee is charged."),
        rules="SH-61",
        is_dated=True,
    ),
    Setting(
        "card.fee_amount",
        Money(),
        UNSET,
        name=_p("setting", "Card fee"),
        help=_(
            "Fee for a card at its first issue. Until it is set no card can be issued against a "
            "fee."
        ),
        rules="SH-61",
        unit=YUAN,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "card.replacement_fee",
        Money(),
        UNSET,
        name=_p("setting", "Fee for a replacement card"),
        help=_(
            "Fee for replacing a lost or damaged card. Until it is set no replacement can be "
            "charged."
        ),
        rules="SH-63",
        unit=YUAN,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "loan.max_hours",
        Whole(least=1, most=720),
        "24",
        name=_p("setting", "Longest loan of an item"),
        help=_("Hours after which a lent umbrella, trolley or ladder counts as overdue."),
        rules="CS-180",
        unit=HOURS,
        is_proposed=True,
    ),
    Setting(
        "loan.deposit",
        Money(),
        "0.00",
        name=_p("setting", "Deposit for a lent item"),
        help=_("Deposit taken when an item is lent; 0.00 for none."),
        rules="CS-180",
        unit=YUAN,
        is_proposed=True,
        is_dated=True,
    ),
)
