"""Practices and their teams, for the operator."""

from django.contrib import admin

from maia.practices.models import Membership, Practice, Practitioner


class MembershipInline(admin.TabularInline):
    model = Membership
    raw_id_fields = ["user"]
    extra = 0


class PractitionerInline(admin.StackedInline):
    model = Practitioner
    raw_id_fields = ["user"]
    extra = 0


@admin.register(Practice)
class PracticeAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "time_zone"]
    search_fields = ["name", "slug"]
    inlines = [PractitionerInline, MembershipInline]
