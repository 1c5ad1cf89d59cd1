# Rscript tests/golden/joint_logistic.R VERDICTS.csv tests/golden/joint_logistic.csv
library(lme4)

files <- commandArgs(trailingOnly = TRUE)
verdicts <- read.csv(files[1])
# The default optimiser and step tolerance stop some digits early.
control <- glmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), tolPwrss = 1e-10
)
fit <- glmer(
  verdict ~ is_real + practice + type + (1 | candidate) + (0 + is_mock | interviewer) +
    (0 + is_real | company),
  data = verdicts, family = binomial, nAGQ = 1, control = control
)
spread <- as.data.frame(VarCorr(fit))
of <- function(group) spread$vcov[spread$grp == group]
# Of the penalised fit at the solution: ours are the same.
ses <- sqrt(diag(as.matrix(vcov(fit, use.hessian = FALSE))))
effects <- ranef(fit, condVar = TRUE)
rows <- function(facet, column) {
  data.frame(
    component = facet, level = rownames(effects[[facet]]), value = effects[[facet]][[column]],
    value_se = sqrt(attr(effects[[facet]], "postVar")[1, 1, ])
  )
}

golden <- rbind(
  data.frame(component = "n_verdicts", level = "", value = nrow(verdicts), value_se = NA),
  data.frame(
    component = "log_likelihood", level = "", value = as.numeric(logLik(fit)), value_se = NA
  ),
  data.frame(
    component = c("intercept", "is_real", "practice", "type"), level = "",
    value = fixef(fit), value_se = ses
  ),
  data.frame(
    component = c("candidate_variance", "interviewer_variance", "company_variance"), level = "",
    value = c(of("candidate"), of("interviewer"), of("company")), value_se = NA
  ),
  rows("interviewer", "is_mock"), rows("company", "is_real")
)
golden$value <- signif(golden$value, 9)
golden$value_se <- signif(golden$value_se, 6)
write.csv(golden, files[2], row.names = FALSE, quote = FALSE, na = "")
