"""Records in, text or bytes out: status line, HTML, PDF, CSV, FHIR. No disk, no clock."""
