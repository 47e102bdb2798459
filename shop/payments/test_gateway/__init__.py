"""The test gateway, a bank inside the shop with which no money moves. Installed in test mode alone."""
