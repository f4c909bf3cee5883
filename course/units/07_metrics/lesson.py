# %% [markdown]
# # Metrics
#
# Why it matters, in one story. Minutes, objectives, data.
#
# Fernbroom, its people and its data are invented for this course. Tables marked
# REAL are public data about the real world and say nothing about Fernbroom.

# %%
import pmlab as pm

# %% [markdown]
# ## The question
#
# A lesson has 25 to 40 cells and 800 to 1,200 words: worked, faded, on your own.
