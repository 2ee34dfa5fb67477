"""What an approver is asked before, and told after a decision."""
