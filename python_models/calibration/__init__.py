"""Estimators of accuracy: how far interviewers' verdicts sit from the companies' bar."""
