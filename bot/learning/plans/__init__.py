"""Who gets what and when: a manager decides it in the chat for a unit, and the daily push obeys it."""
