"""An MCP server over the EntryGo export protocol: eight tools for an agent."""
