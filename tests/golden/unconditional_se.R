# Standard errors of all random effects, by factor: lme4's own are conditional on the fixed effects;
# these add what those do not know, and so are the mixed model equations' inverse. Assumes one
# scalar term for each factor.
unconditional_se <- function(fit) {
  # LL' = P(Lambda'Z'ZLambda + I)P', RZX = inv(L)PLambda'Z'X, and RX'RX is what is left of X'X.
  L <- getME(fit, "L")
  slopes <- solve(L, solve(L, getME(fit, "RZX"), system = "Lt"), system = "Pt")
  slopes <- getME(fit, "Lambda") %*% slopes %*% solve(getME(fit, "RX"))
  factors <- rep(names(getME(fit, "cnms")), diff(getME(fit, "Gp")))
  added <- split(sigma(fit)^2 * rowSums(as.matrix(slopes)^2), factors)
  conditional <- lapply(ranef(fit, condVar = TRUE), function(effects) attr(effects, "postVar")[1, 1, ])
  sapply(names(conditional), function(name) sqrt(conditional[[name]] + added[[name]]))
}
