"""Writes the lists beside it: run it after a change (`python -m tests.patients.files.make`).

People and numbers are made up; the shapes are those of the programs.
"""

from pathlib import Path

HERE = Path(__file__).parent

EXCEL = (
    "Nom;Prénom;Adresse e-mail;Téléphone portable;Né(e) le;Remarques\r\n"
    'Lefèvre;Zoé;zoe@patiente.example;06 39 98 12 34;07/03/1991 00:00;"Deux\nlignes"\r\n'
    "N’Diaye;Aïssatou;NC;NC;07-03-1991;\r\n"
    ";;;;;\r\n"
)
TITLED = (
    "Liste des patientes;;;\r\nExport du 12/11/2026;;;\r\n\r\n"
    "Nom d’usage;Prénom;N° de mobile;Téléphone;Allergies, remarques\r\n"
    "Le Goff;Anne-Lise;0639981201;0639981202;pollen\r\n"
)
GOOGLE = (
    "Given Name,Family Name,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value,Address 1 - Formatted,"
    "Address 1 - Street,Address 1 - City,Address 1 - Postal Code\n"
    "Zoé,Lefèvre,1991-03-07,,* myContacts,* Home,zoe@patiente.example,autre@patiente.example,"
    'Mobile,02 99 00 00 01,06 39 98 12 34,"3 rue des Lilas\n35000 Rennes",3 rue des Lilas,Rennes,35000\n'
)
OUTLOOK = (
    '"First Name","Last Name","E-mail Address","Home Phone","Mobile Phone","Business Phone",'
    '"Home Street","Home City","Home Postal Code","Birthday","Notes"\r\n'
    '"Zoé","Lefèvre","zoe@patiente.example","02 99 00 00 01","06 39 98 12 34","","3 rue des Lilas",'
    '"Rennes","35000","7/3/1991",""\r\n'
)
DOCTOLIB = (
    "Civilité;Nom de naissance;Nom d'usage;Prénom;Date de naissance;Email;Téléphone;Téléphone 2;"
    "Adresse;Code postal;Ville;Identifiant\n"
    "Mme;Roux;Lefèvre;Zoé;07/03/1991;zoe@patiente.example;0299000001;0639981234;3 rue des Lilas;"
    "35000;Rennes;4711\n"
    "Mme;Petit;;Julie;;;;;;1000;Bourg;\n"
)
ANCESTOR = (
    "ID,Nom de Famille,Prénom,Nom de Naissance,Date de Naissance,Email,N° de mobile,Téléphone,"
    "Nom du conjoint,Date (Grossesses)\n"
    "PAT-1,Lefèvre,Zoé,Roux,1991-03-07,zoe@patiente.example,06 39 98 12 34,06 39 98 99 99,Marc,2024-01-01\n"
    ",,,,,,,,,2025-01-01\n"
)
ANCESTOR_OLDER = (
    "Data Import Template,,,,,\n,,,,,\nDocType:,Patient Record,,,,\nColumn Labels:,ID,First Name,"
    "Last Name,Mobile No.,Telephone\nColumn Name:,name,patient_first_name,patient_last_name,mobile_no,"
    "telephone\nMandatory:,Yes,Yes,No,No,No\nType:,Data,Data,Data,Data,Data\nInfo:,,,,,\n"
    "Start entering data below this line,,,,,\n"
    ',"""PAT-1""",Zoé,Lefèvre,06 39 98 12 34,06 39 98 99 99\n'
)
UNCLOSED = "Nom;Prénom;Email;Tel;Naissance;Notes\n" + "".join(
    f"Martin;Zoé{at};z{at}@x.example;;;{chr(34) + 'fragile' if at == 0 else ''}\n"
    for at in range(11)
)
UNCLOSED_THEN_CLOSED = (
    'Nom;Prénom;Notes\nMartin;Zoé;"fragile\nPetit;Julie;"ok"\nRoy;Lina;"fin\nDurand;Ève;autre"\n'
)

FILES = {
    "excel_cp1252.csv": EXCEL.encode("cp1252"),
    "excel_mac.csv": EXCEL.encode("mac_roman"),
    "excel_utf8_bom.csv": EXCEL.encode("utf-8-sig"),
    "excel_utf16le.txt": EXCEL.replace(";", "\t").encode("utf-16"),
    "excel_utf16be.csv": b"\xfe\xff" + EXCEL.encode("utf-16-be"),
    "excel_sep.csv": ("sep=|\r\n" + EXCEL.replace(";", "|")).encode("cp1252"),
    "excel_old_mac_lines.csv": EXCEL.replace("\r\n", "\r").encode("cp1252"),
    "titled.csv": TITLED.encode(),
    "google.csv": GOOGLE.encode(),
    "outlook.csv": OUTLOOK.encode("cp1252"),
    "doctolib.csv": DOCTOLIB.encode(),
    "ancestor.csv": ANCESTOR.encode(),
    "ancestor_older.csv": ANCESTOR_OLDER.encode(),
    "unclosed.csv": UNCLOSED.encode(),
    "unclosed_then_closed.csv": UNCLOSED_THEN_CLOSED.encode(),
}

if __name__ == "__main__":
    for name, content in FILES.items():
        (HERE / name).write_bytes(content)
