"""A patient corrects her own record, and nobody's work is lost by it."""

import pytest

from maia.patients.correcting import CorrectedMeanwhile, correct_record, texts_of
from maia.patients.models import RecordErased
from tests.conftest import make_user


def test_what_differs_is_written_and_nothing_else(julie):
    wanted = {"first_name": "Julie", "last_name": "Roy", "mobile": "", "city": "Rennes"}
    assert correct_record(julie, julie.user, wanted) == ["last_name", "city"]
    assert correct_record(julie, julie.user, wanted) == []
    julie.refresh_from_db()
    assert (julie.name, julie.email) == ("Julie Roy", "julie@patiente.example")
    assert "roy" in julie.search_text
    with pytest.raises(RecordErased):
        correct_record(julie, make_user("autre@x.example"), wanted)


@pytest.mark.rule("3.5.15")
def test_what_the_practice_wrote_meanwhile_is_kept_or_asked_about(julie):
    seen = texts_of(julie)
    julie.mobile = "+33639980077"
    julie.save()
    correct_record(julie, julie.user, seen | {"last_name": "Roy"}, seen)
    julie.refresh_from_db()
    assert (julie.last_name, julie.mobile.as_e164) == ("Roy", "+33639980077")
    with pytest.raises(CorrectedMeanwhile) as refused:
        correct_record(julie, julie.user, seen | {"mobile": "+33639980099"}, seen)
    assert refused.value.now == {"mobile": "+33639980077"}
    seen["mobile"] = "+33639980077"
    wanted = seen | {"mobile": "+33639980099", "last_name": "Roy"}
    assert correct_record(julie, julie.user, wanted, seen) == ["mobile"]
