"""The engine room: how updates come in and messages go out. The only place that knows Telegram."""
