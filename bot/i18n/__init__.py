"""Every sentence that Davy says: templates in the rooms, catalogues in `locales/`, one way to render them."""
