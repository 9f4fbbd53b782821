"""What is open to a substitute: the agendas of whom she replaces and who comes to them; nothing that
takes anything out, no setting, nothing of the others (rule 3.10.6).

A page that is not named here is closed to her. One that is reads its rows through her seat:
`maia.privacy.reading`, `Seat.practitioners`.
"""

OPEN = frozenset(
    {
        "agenda",
        "events",
        "news",
        "choose_practice",
        "more",
        "nowhere",
        "appointments",
        "answer_request",
        "attendance",
        "round",
        "new_appointment",
        "noting_told",
        "availability",
        "sheet",
        "contact",
        "correct_patient",
        "move",
        "undo_move",
        "cancel",
        "confirm",
        "unconfirm",
        "patients",
        "patients_found",
        "patient_search",
        "new_patient",
        "patient",
    }
)
