"""What a browser sends of a page, with what somebody changes in it."""

import re
from html.parser import HTMLParser


class Shown(HTMLParser):
    """The fields of a page as a browser would send them, untouched: ``values``, by name."""

    def __init__(self, page):
        super().__init__()
        self.values, self.select, self.text = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        name = said.get("name")
        if tag == "input" and name and said.get("type") not in ("file", "submit", "search"):
            is_box = said.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in said:
                self.values.setdefault(name, said.get("value", "on" if is_box else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option":
            if "selected" in said:
                self.values[self.select] = said.get("value", "")
            else:
                self.values.setdefault(self.select, said.get("value", ""))
        elif tag == "textarea":
            self.text = name
            self.values[name] = ""

    def handle_data(self, data):
        if self.text:
            self.values[self.text] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.text:
            text = self.values[self.text]
            self.values[self.text] = text.removeprefix("\r\n").removeprefix("\n")
            self.text = None


def fields_of(page):
    return Shown(page).values


def shown(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return fields_of(answer.content.decode())


def anyway(client, path, typed, button="anyway", **how):
    """Posts it, and again as the button of its warning does."""
    warned = client.post(path, typed, **how)
    assert warned.status_code == 409, warned.content.decode()
    said = warned.content.decode()
    marks = re.findall(rf'name="{button}"\s+value="(\w+)"', said) or [warned.json()["mark"]]
    return client.post(path, {**typed, button: marks[0]}, **how)


def unticked(typed, *names):
    return {name: value for name, value in typed.items() if name not in names}


def on_one_line(page):
    """The page as it is read, however its template is laid out: no white space that shows nothing."""
    collapsed = re.sub(r"\s+", " ", page)
    return re.sub(r" ?([<>]) ?", r"\1", collapsed)
