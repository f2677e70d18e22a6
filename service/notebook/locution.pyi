from renderer.values.errors import LocutionError as LocutionError
from service.notebook.reading import Figure as Figure
from service.notebook.reading import Reading as Reading
from service.notebook.reading import Readings as Readings
from service.notebook.run import read as read
from service.notebook.run import stream as stream
