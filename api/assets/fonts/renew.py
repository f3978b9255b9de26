"""Makes the font of printed forms anew: Noto Sans CJK SC from Debian's package, cut down to what forms in Chinese and English need.

    python3 -m venv venv && venv/bin/pip install fonttools==4.68.0 && venv/bin/python api/assets/fonts/renew.py

Wants Debian's apt-get and dpkg (no root). Takes some minutes.
"""

import pathlib
import subprocess
import sys
import tempfile

from fontTools import subset
from fontTools.ttLib import TTCollection

PACKAGE = "fonts-noto-cjk"
COLLECTION = "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE = "NotoSansCJKsc-Regular"
HERE = pathlib.Path(__file__).parent

# What the General Standard Chinese Characters of 2013 (通用规范汉字表) have beyond GBK: mostly names of people and places.
BEYOND_GBK = (
    "鿍鿎鿏㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛"
    "䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻"
    "𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷"
    "𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤"
    "𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈"
)


def gbk():
    """Every character of GBK, without those for private use."""
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                letter = ord(bytes([lead, trail]).decode("gbk"))
            except UnicodeDecodeError:
                continue
            if not 0xE000 <= letter <= 0xF8FF:
                yield letter


def wanted():
    latin = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2030), 0x20AC, 0x2713]
    return {*latin, *gbk(), *map(ord, BEYOND_GBK)}


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-q", PACKAGE], cwd=folder, check=True)
        [package] = pathlib.Path(folder).glob("*.deb")
        subprocess.run(["dpkg", "-x", package, folder], check=True)
        faces = TTCollection(f"{folder}/{COLLECTION}").fonts
        font = next(face for face in faces if face["name"].getDebugName(6) == FACE)
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
        options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "GPOS", "GSUB", "GDEF"]
        cut = subset.Subsetter(options)
        cut.populate(unicodes=wanted())
        cut.subset(font)
        font.save(HERE / "NotoSansSC-Regular.otf")
        copyright = pathlib.Path(folder, "usr/share/doc", PACKAGE, "copyright").read_text(encoding="utf-8")
        (HERE / "LICENSE.txt").write_text(copyright, encoding="utf-8")
        missing = sorted(wanted() - font.getBestCmap().keys())
        print(f"{font['name'].getDebugName(5)}: {len(font.getBestCmap())} characters from {package.name}")
        print("not in the font:", " ".join(f"U+{letter:04X}" for letter in missing), file=sys.stderr)


if __name__ == "__main__":
    main()
