"""The demo's types of appointments, in their categories."""

from maia.appointments.french_pathway import FRENCH, type_like
from maia.availability.pregnancy import Unit
from maia.demo.team import set_hours
from maia.practices.models import PlaceKind, Practice, Practitioner, Room
from maia.schedules.models import AppointmentType, Category, PathwayStep, Schedule


def make_types(practice: Practice, camille: Practitioner) -> list[AppointmentType]:
    pregnancy, after, care = (
        Category.objects.create(practice=practice, name=name, position=position)
        for position, name in enumerate(("Grossesse", "Après la naissance", "Gynécologie"))
    )
    made = [
        AppointmentType(
            name="Première consultation de grossesse",
            category=pregnancy,
            duration_minutes=45,
            colour="#7a4f9a",
            allow_online_booking=True,
            window_unit=Unit.WEEKS.value,
            window_first=5,
            window_last=15,
            description="Nous faisons connaissance et préparons ensemble le suivi.",
            instructions="- votre **carte Vitale** ;\n- vos derniers résultats d’analyses ;\n"
            "- le compte rendu de votre échographie, si vous en avez un.",
        ),
        AppointmentType(
            name="Suivi de grossesse",
            category=pregnancy,
            duration_minutes=30,
            colour="#2f7d6b",
            allow_online_booking=True,
            description="Consultation mensuelle, à partir du **4ᵉ mois**. "
            "Pensez à vos résultats d’analyses du mois.",
        ),
        AppointmentType(
            name="Entretien prénatal précoce",
            category=pregnancy,
            duration_minutes=60,
            colour="#c2703d",
            allow_online_booking=True,
            description="Un temps pour parler de votre projet, seule ou accompagnée.",
        ),
        AppointmentType(
            name="Rééducation périnéale",
            category=after,
            practitioner=camille,
            duration_minutes=30,
            colour="#3b6fb6",
            allow_online_booking=True,
            window_unit=Unit.DAYS_AFTER_BIRTH.value,
            window_first=42,
            window_last=365,
            description="À partir de **six semaines** après l’accouchement, sur ordonnance.",
        ),
        AppointmentType(
            name="Visite à domicile",
            category=after,
            duration_minutes=45,
            buffer_before_minutes=15,
            buffer_after_minutes=15,
            colour="#d39b2a",
            allow_online_booking=True,
            needs_confirmation=True,
            place=PlaceKind.HOME,
            description="Dans les jours qui suivent la **sortie de maternité** : la sage-femme vient "
            "chez vous, pour vous et votre bébé.",
        ),
        AppointmentType(
            name="Conseil allaitement en vidéo",
            category=after,
            duration_minutes=30,
            colour="#4a7f8f",
            allow_online_booking=True,
            place=PlaceKind.VIDEO,
            video_link="https://visio.lilas.example/cabinet-des-lilas",
            description="Installez-vous avec votre bébé là où vous l’allaitez.",
        ),
        AppointmentType(
            name="Point téléphonique",
            category=after,
            duration_minutes=20,
            colour="#6d6a9c",
            allow_online_booking=True,
            place=PlaceKind.PHONE,
            description="Pour une question qui n’attend pas la prochaine consultation.",
        ),
        AppointmentType(
            name="Suivi gynécologique et contraception",
            category=care,
            duration_minutes=30,
            colour="#b4476b",
            allow_online_booking=True,
            description="Frottis, contraception, questions : de l’adolescence à la ménopause.",
        ),
        AppointmentType(
            name="Pose ou retrait de stérilet",
            category=care,
            duration_minutes=45,
            colour="#8a3f57",
            allow_online_booking=True,
            known_patients_only=True,
            max_a_week=4,
            one_to_come=True,
            description="Après une première consultation de contraception au cabinet.",
        ),
        AppointmentType(
            name="Consultation d’urgence",
            duration_minutes=20,
            colour="#b3261e",
            allow_online_booking=False,
            send_sms_reminder=False,
        ),
    ]
    for position, type in enumerate(made):
        type.practice, type.position = practice, position
        type.full_clean()
        type.save()
    # What the two share: the ultrasound, which is next to the chair.
    room = Room.objects.create(practice=practice, name="Salle d’échographie")
    made[-2].save_rooms([room])
    _make_pathway(practice, made)
    own = Schedule.objects.create(appointment_type=made[3])
    set_hours(own, {0: "09:00-12:30", 1: "14:00-18:30", 3: "16:00-19:30"})
    return made


def _make_pathway(practice: Practice, types: list[AppointmentType]) -> None:
    """The French one, as far as there are types for it."""
    named = [(usual, type_like(usual, types)) for usual in FRENCH]
    PathwayStep.objects.bulk_create(
        PathwayStep(
            practice=practice,
            type=type,
            name=usual.name,
            unit=usual.window.unit.value,
            first=usual.window.first,
            last=usual.window.last,
            position=position,
        )
        for position, (usual, type) in enumerate(named)
        if type is not None
    )
