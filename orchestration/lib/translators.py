"""How dbt's nodes are named, grouped and described in Dagster; no asset is defined here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster import AssetKey
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings


class MatchbackTranslator(DagsterDbtTranslator):
    """Sources keep the landing assets' keys; models are `<layer>/<model>`, grouped by domain."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_duplicate_source_asset_keys=True
            )
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """`raw_<vendor>/<entity>` for sources, else `<layer>/<name>`."""
        if dbt_resource_props["resource_type"] == "source":
            return AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])
        return AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Layer and domain, from the folders: `staging_hubspot`, `marts_attribution`."""
        folders = [part for part in dbt_resource_props["fqn"][1:-1] if part.isidentifier()]
        return "_".join(folders[:2]) or "dbt"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Data engineering owns the layers below; marts are owned with the analysts."""
        if dbt_resource_props.get("schema") in ("marts", "restricted"):
            return ["team:analytics"]
        return ["team:data"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The description of the yml, which begins with the grain; no SQL pasted below it."""
        return dbt_resource_props.get("description") or dbt_resource_props["name"]
