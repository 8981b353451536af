"""Conspectus: from a pile of papers to a survey whose every citation is checked."""
