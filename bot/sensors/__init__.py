"""Alarms from machines: values come in by a signed call or over MQTT, and what is dangerous goes to the hazard ladder, once."""
