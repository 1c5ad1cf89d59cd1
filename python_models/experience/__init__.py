"""Estimators of the candidate's side: who stays, why, and what a rating is worth."""
