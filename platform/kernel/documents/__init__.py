"""Files on any record, numbers of papers, prints, and the company's controlled manuals.

It owns what is kept and who may open it. What a record is and who may see it, the record's own
app says: it registers a :class:`kernel.documents.carriers.Carrier`.
"""
