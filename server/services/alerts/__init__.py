"""Those who lead are told when something goes wrong: rules, breaches, and who hears of them."""
