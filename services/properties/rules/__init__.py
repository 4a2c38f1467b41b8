"""Room numbers, names, phones, ID numbers and states as plain values. No database, no clock."""

from services.properties.rules.names import initials, initials_of_key, name_key
from services.properties.rules.owners import Owned, former_since
from services.properties.rules.personal import (
    IdNumberInvalid,
    PhoneInvalid,
    id_number,
    id_tail,
    phone_number,
    phone_parts,
)
from services.properties.rules.plates import PlateInvalid, plate, plate_like
from services.properties.rules.rooms import (
    RoomNumberMissing,
    RoomSearch,
    building_code,
    building_name,
    entrance_code,
    number_code,
    room_code,
    room_label,
    room_search,
    sort_key,
)
from services.properties.rules.terms import (
    PeriodReversed,
    SharesOverWhole,
    StateChangeUnexplained,
    StateUnchanged,
    check_period,
    check_shares,
    check_state_change,
    is_handed_over,
)

__all__ = [
    "IdNumberInvalid",
    "Owned",
    "PeriodReversed",
    "PhoneInvalid",
    "PlateInvalid",
    "RoomNumberMissing",
    "RoomSearch",
    "SharesOverWhole",
    "StateChangeUnexplained",
    "StateUnchanged",
    "building_code",
    "building_name",
    "check_period",
    "check_shares",
    "check_state_change",
    "entrance_code",
    "former_since",
    "id_number",
    "id_tail",
    "initials",
    "initials_of_key",
    "is_handed_over",
    "name_key",
    "number_code",
    "phone_number",
    "phone_parts",
    "plate",
    "plate_like",
    "room_code",
    "room_label",
    "room_search",
    "sort_key",
]
