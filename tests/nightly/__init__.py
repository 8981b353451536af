"""Nights of the job on this machine: a repository with a bare remote, the action's steps, fakes on the PATH."""
