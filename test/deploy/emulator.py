"""Runs MiniStack, and teaches it what it refuses in a template of ours.

The template is deployed as it is: the emulator is bent, not the product. What is accepted here without being
played is listed in ignored.ts, with the template assertion that covers it.
"""

from ministack.app import main
from ministack.services.cloudformation import provisioners

_record = provisioners._cw_metric_alarm_record


def _record_of_an_expression(name, props):
    """An alarm on metric math is stored as one on the first metric of its expression. No alarm ever fires here."""
    expression = props.get("Metrics")
    if not expression:
        return _record(name, props)
    metric = next(part["MetricStat"]["Metric"] for part in expression if "MetricStat" in part)
    rest = {key: value for key, value in props.items() if key != "Metrics"}
    return _record(name, {**rest, "MetricName": metric["MetricName"], "Namespace": metric["Namespace"]})


provisioners._cw_metric_alarm_record = _record_of_an_expression


def _query_definition(logical_id, props, stack_name):
    """A saved query is accepted and not kept: nobody asks for it here."""
    return props.get("Name") or logical_id, {}


provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
    "create": _query_definition,
    "update": lambda physical_id, old_props, new_props, stack_name: (physical_id, {}),
    "delete": lambda physical_id, props: None,
}

if __name__ == "__main__":
    main()
