"""Installs clinic into a folder of its own and works with that alone: the samples of plugins, hosts in C and C++, the tools."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import reported  # noqa: E402

CMAKE = os.environ["CLINIC_CMAKE"]
PLUGIN_HEADERS = ("plugin", "storage", "notifier", "limiter")
HOST = """\
cmake_minimum_required(VERSION 3.16)
project(host LANGUAGES {languages})
find_package(clinic REQUIRED COMPONENTS {component})
add_executable(host {source})
target_link_libraries(host PRIVATE clinic::{component})
"""


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix="clinic-install-")
        cls.folder = pathlib.Path(cls._folder.name)
        cls.prefix = cls.folder / "prefix"
        cls.output([CMAKE, "--install", os.environ["CLINIC_BUILD"], "--prefix", cls.prefix])

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
        self.assertIn(" 0 failed, 0 skipped", self.check(build / "clinic_mailbox.so", f"mailbox:{outbox}"))
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

    def host(self, component, languages, source, environment=None):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "CMakeLists.txt").write_text(
            HOST.format(component=component, languages=languages, source=source.name), encoding="utf-8"
        )
        (folder / source.name).write_bytes(source.read_bytes())
        program = self.build(folder, f"-DCMAKE_PREFIX_PATH={os.environ['CMAKE_PREFIX_PATH']}") / "host"
        return self.output([program, f"sqlite:{folder}/clinic.db"], environment)

    def test_host_in_c(self):
        """[PLUG-1] It needs no Boost; the plugin is found beside the library."""
        self.assertIn("Jane", self.host("c", "C", ROOT / "samples/readme/hello.c"))

    def test_host_in_cpp(self):
        """[PLUG-1] The SDK is in the program: the environment says where the plugins are."""
        path = {"CLINIC_PLUGIN_PATH": str(self.prefix / "lib/clinic/plugins")}
        self.assertIn("one person, one id: 1", self.host("sdk", "C CXX", ROOT / "samples/readme/hello.cpp", path))


if __name__ == "__main__":
    reported.main("install")
