"""The settings in force: the person's own, with the accepted plan laid over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from posturewatch.base.plan import PlanInForce, layered
from posturewatch.base.settings import Settings, value_at
from posturewatch.config.keys import Key, keys, tables_text
from posturewatch.config.plan_file import load_accepted
from posturewatch.config.read import EffectiveSetting, Loaded, load, show, shown_value
from posturewatch.disk.folders import Folders


@dataclass(frozen=True, slots=True)
class InForce:
    """What is in force on a day. ``own``: the person's settings with their lines. ``plan``: the accepted plan, also
    before its first and after its last day. ``from_plan``: the keys whose value is the plan's."""

    settings: Settings
    own: Loaded
    plan: PlanInForce | None
    from_plan: frozenset[str]

    def show(self) -> tuple[EffectiveSetting, ...]:
        """Every setting in force with its origin, in the file's order."""
        return tuple(self._over(key, own) for key, own in zip(keys(), show(self.own), strict=True))

    def _over(self, key: Key, own: EffectiveSetting) -> EffectiveSetting:
        if own.key not in self.from_plan:
            return own
        told = shown_value(key, value_at(self.settings, own.key))
        return EffectiveSetting(own.key, told, own.line, own=own.value)

    def tables(self) -> tuple[str, ...]:
        """Each array of tables in force, as it would stand in the settings file."""
        arrays = ((key, value_at(self.settings, key.dotted)) for key in keys() if key.tables is not None)
        return tuple(tables_text(key, value) for key, value in arrays if value)


def in_force(folders: Folders, day: date) -> InForce:
    """Own settings and plan of these folders on this local day. Raises ConfigError for a mistake in either file."""
    own, plan = load(folders.config_file), load_accepted(folders.plan_file)
    settings, from_plan = layered(own.settings, plan, day)
    return InForce(settings, own, plan, from_plan)
