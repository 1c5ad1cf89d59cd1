# Rscript tests/golden/rating_components.R RATINGS.csv tests/golden/rating_components.csv
library(lme4)
source("tests/golden/unconditional_se.R")

files <- commandArgs(trailingOnly = TRUE)
ratings <- read.csv(files[1])
# The default optimiser stops some digits early.
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))
fit <- lmer(
  rating ~ halo + trend + (1 | interviewer_id) + (1 | candidate_key),
  data = ratings, REML = TRUE, control = control
)
spread <- as.data.frame(VarCorr(fit))
of <- function(group) spread$vcov[spread$grp == group]
ses <- sqrt(diag(as.matrix(vcov(fit))))
effects <- ranef(fit)$interviewer_id
effects_se <- unconditional_se(fit)$interviewer_id
some <- seq(1, nrow(effects), by = 5)

golden <- rbind(
  data.frame(component = "n_ratings", level = "", value = nrow(ratings), value_se = NA),
  data.frame(component = c("mean", "halo", "trend"), level = "", value = fixef(fit), value_se = ses),
  data.frame(
    component = c("interviewer_variance", "candidate_variance", "residual_variance"), level = "",
    value = c(of("interviewer_id"), of("candidate_key"), of("Residual")), value_se = NA
  ),
  data.frame(
    component = "interviewer", level = rownames(effects)[some],
    value = effects[some, 1], value_se = effects_se[some]
  )
)
golden$value <- signif(golden$value, 9)
golden$value_se <- signif(golden$value_se, 6)
write.csv(golden, files[2], row.names = FALSE, quote = FALSE, na = "")
