"""Of Plotly only the script that goes into the report; charts are described by ourselves."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("plotly", includes=["package_data/plotly.min.js"])
