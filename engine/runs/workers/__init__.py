"""Worker processes of this machine: started, given jobs, held to limits, ended."""
