"""How many labels is a prior worth? Inductive bias measured in bits and in labelled examples."""
