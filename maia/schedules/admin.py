"""Hours and types, for the operator."""

from django.contrib import admin

from maia.schedules.models import Absence, AppointmentType, Category, OpeningHours, Schedule


class OpeningHoursInline(admin.TabularInline):
    model = OpeningHours
    extra = 0


@admin.register(Schedule)
class ScheduleAdmin(admin.ModelAdmin):
    list_display = ["__str__", "practitioner", "appointment_type"]
    inlines = [OpeningHoursInline]


@admin.register(AppointmentType)
class AppointmentTypeAdmin(admin.ModelAdmin):
    list_display = ["name", "practice", "duration_minutes", "allow_online_booking", "archived"]
    list_filter = ["practice"]


admin.site.register([Category, Absence])
