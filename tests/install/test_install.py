"""Installs clinic into a folder of its own and works with that alone: the samples of plugins, hosts in C and C++, the tools."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import reported  # noqa: E402

CMAKE = os.environ["CLINIC_CMAKE"]
PLUGIN_HEADERS = ("plugin", "storage", "notifier", "limiter")
SAMPLES = ROOT / "samples"
# The commands of docs/embedding.md, in the order in which they stand there.
INSTALL, BUILD, BUILD_WITHOUT_CMAKE = re.findall(
    r"<!-- run by: tests/install -->\n```sh\n(.*?)```", (ROOT / "docs/embedding.md").read_text(encoding="utf-8"), re.S
)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix="clinic-install-")
        cls.folder = pathlib.Path(cls._folder.name)
        cls.prefix = cls.folder / "clinic"  # $HOME/clinic, as docs/embedding.md says
        # The document's words, with the build that is there instead of the one that it makes.
        build, install = INSTALL.splitlines()
        assert build == "./dev build --preset release", build
        assert "build/release" in install, install
        cls.shell(install.replace("build/release", shlex.quote(os.environ["CLINIC_BUILD"])), cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    @classmethod
    def output(cls, command, more_environment=None, **options):
        """Of a command that has to go well; without anything of the build tree in its environment."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CLINIC_")}
        environment.update(more_environment or {})
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, env=environment, timeout=300, check=False, **options
        )
        if done.returncode != 0:
            raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    @classmethod
    def shell(cls, commands, folder):
        """As a reader of the documents types them, where $HOME is the folder of this test."""
        path = os.pathsep.join([str(pathlib.Path(CMAKE).parent), os.environ["PATH"]])
        return cls.output(["bash", "-ec", commands], {"HOME": str(cls.folder), "PATH": path}, cwd=folder)

    def build(self, source, *arguments):
        """Configures and builds a project outside of the tree; answers its build folder."""
        build = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        self.output(
            [CMAKE, "-S", source, "-B", build, f"-Dclinic_DIR={self.prefix}/lib/cmake/clinic", "-DCMAKE_BUILD_TYPE=Debug", *arguments]
        )
        self.output([CMAKE, "--build", build])
        return build

    def copy_of(self, sample):
        """The sample where nothing of the tree is near, as it was installed."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / sample
        self.output(["cp", "-r", self.prefix / "share/doc/clinic/samples" / sample, copy])
        return copy

    def check(self, *arguments):
        return self.output([self.prefix / "bin/clinic-plugin-check", *arguments])

    def test_what_is_there(self):
        for file in (
            "bin/clinic",
            "bin/clinic-plugin-check",
            "include/clinic.h",
            "include/clinic/clinic.hpp",
            "include/clinic/plugin/storage.h",
            "lib/libclinic_c.so",
            "lib/libclinic_sdk.a",
            "lib/clinic/plugins/clinic_sqlite.so",
            "lib/cmake/clinic/clinicConfig.cmake",
            "share/doc/clinic/LICENSE",
            "share/doc/clinic/LICENSE.storage-plugins",
            "share/doc/clinic/docs/plugins.md",
            "share/doc/clinic/samples/readme/hello.cpp",
            "lib/python3/dist-packages/clinic/__init__.py",
            "lib/python3/dist-packages/clinic/operations.pyi",
            "lib/python3/dist-packages/clinic/py.typed",
        ):
            with self.subTest(file=file):
                self.assertTrue((self.prefix / file).exists())

    def test_nothing_names_the_build(self):
        for file in (self.prefix / "lib/cmake/clinic").iterdir():
            with self.subTest(file=file.name):
                self.assertNotIn(str(ROOT), file.read_text(encoding="utf-8"))
        for file in (self.prefix / "bin").iterdir():
            with self.subTest(file=file.name):
                self.assertNotIn("build", self.output(["readelf", "-d", file]).split("RUNPATH")[-1].split("]")[0])

    def test_links_of_the_documents_lead_somewhere(self):
        documents = self.prefix / "share/doc/clinic"
        for document in [*documents.glob("*.md"), *documents.glob("docs/*.md"), *documents.glob("samples/*.md")]:
            for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
                if not target.startswith("http"):
                    with self.subTest(document=document.name, target=target):
                        self.assertTrue((document.parent / target).exists())

    def test_plugin_headers_need_nothing_else(self):
        """[PLUG-2] Those of C are C11 and those of C++ are C++17, with the standard libraries alone."""
        for header in PLUGIN_HEADERS:
            for compiler, standard, language, suffix in (
                (os.environ["CC"], "c11", "c", "h"),
                (os.environ["CXX"], "c++17", "c++", "h"),
                (os.environ["CXX"], "c++17", "c++", "hpp"),
                (os.environ["CXX"], "c++20", "c++", "hpp"),
            ):
                with self.subTest(header=f"{header}.{suffix}", standard=standard):
                    read = self.output(
                        [compiler, f"-std={standard}", "-pedantic-errors", "-Wall", "-Wextra", "-Werror", "-M", "-x", language]
                        + ["-I", self.prefix / "include", "-include", f"clinic/plugin/{header}.{suffix}", "/dev/null"]
                    )
                    own = re.findall(r"include/(clinic\S*)", read)
                    self.assertTrue(own)
                    self.assertEqual([each for each in own if not each.startswith("clinic/plugin/")], [])
                    self.assertNotIn("boost", read)

    def test_storage_sample(self):
        """[PLUG-2] A storage plugin built outside of the tree passes the conformance check."""
        build = self.build(self.copy_of("storage_plugin"))
        table = self.check(build / "clinic_memory.so", "memory:check")
        self.assertIn(" 0 failed", table)
        self.assertIn(" 0 failed", self.check("--grown", build / "clinic_memory.so", "memory:check"))

    def test_notifier_sample(self):
        """[PLUG-2] A notifier in C built outside of the tree passes the conformance check."""
        build = self.build(self.copy_of("notifier_plugin"))
        outbox = self.folder / "outbox.txt"
        self.assertIn(" 0 failed, 2 skipped", self.check(build / "clinic_mailbox.so", f"mailbox:{outbox}"))
        self.assertIn("to: jane@example.com\nsubject: Your appointment\n\nSee you tomorrow.\n", outbox.read_text(encoding="utf-8"))

    def test_a_sample_is_installed_where_plugins_are_found(self):
        build = self.build(self.copy_of("notifier_plugin"))
        self.output([CMAKE, "--install", build])
        self.assertIn("mailbox", self.output([self.prefix / "bin/clinic", "plugins"]))

    def test_own_plugins_are_found_by_name(self):
        """[PLUG-1]"""
        file = self.folder / "check.db"
        self.assertIn(" 0 failed", self.check("--only", "plugin", "--only", "record", "sqlite", f"sqlite:{file}"))

    def test_command_line(self):
        file = self.folder / "clinic.db"
        self.output([self.prefix / "bin/clinic", "--storage", f"sqlite:{file}", "init"])
        self.assertTrue(file.exists())

    def program(self, language, source):
        """A folder with the document's CMakeLists.txt and a program beside it."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        for file in (SAMPLES / "your_program" / language / "CMakeLists.txt", SAMPLES / "readme" / source):
            (folder / file.name).write_bytes(file.read_bytes())
        return folder

    def test_program_in_c(self):
        """[PLUG-1] It needs no Boost; the plugin is found beside the library."""
        self.assertIn("Jane", self.shell(BUILD, self.program("c", "hello.c")))

    def test_program_in_c_without_cmake(self):
        self.assertIn("Jane", self.shell(BUILD_WITHOUT_CMAKE, self.program("c", "hello.c")))

    def test_program_in_cpp(self):
        """[PLUG-1] The SDK is in the program, which stands anywhere and finds the installed plugins without a variable."""
        folder = self.program("cpp", "hello.cpp")
        self.assertIn("one person, one id: 1", self.shell(BUILD, folder))
        # The current folder is no place to look: neither with the plugins' files in it nor with their folders.
        elsewhere = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (elsewhere / "clinic/plugins").mkdir(parents=True)
        for place in (elsewhere, elsewhere / "clinic/plugins"):
            (place / "clinic_sqlite.so").write_text("no library", encoding="utf-8")
        self.assertIn("Jane", self.output([self.prefix / "bin/clinic", "--storage", f"sqlite:{folder}/clinic.db", "patients", "list"]))
        self.output([folder / "build/hello", f"sqlite:{elsewhere}/clinic.db"], cwd=elsewhere)

    def test_program_in_cpp_after_the_folder_moved(self):
        """What is installed can be moved: the folder is known when the program is built."""
        folder = self.program("cpp", "hello.cpp")
        moved = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "else where"
        self.output(["cp", "-a", self.prefix, moved])
        self.output([CMAKE, "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={moved}"])
        self.output([CMAKE, "--build", folder / "build"])
        self.assertIn("one person, one id: 1", self.output([folder / "build/hello", f"sqlite:{folder}/clinic.db"]))
        self.output(["mv", moved / "lib/clinic/plugins", moved / "lib/clinic/gone"])
        with self.assertRaisesRegex(AssertionError, re.escape(f"{moved}/lib/clinic/plugins/clinic_sqlite.so")):
            self.output([folder / "build/hello", f"sqlite:{folder}/more.db"])

    def test_python(self):
        """The package finds the library that was installed with it."""
        packages = self.prefix / "lib/python3/dist-packages"
        done = self.output(
            ["/usr/bin/python3", SAMPLES / "readme/hello.py", f"sqlite:{self.folder}/python.db"],
            {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self.assertIn("duplicate_email", done)


if __name__ == "__main__":
    reported.main("install")
