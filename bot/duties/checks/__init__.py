"""Whether duties are done: people drawn week by week, looked at by whoever is a level above, with an outcome and a photo."""
