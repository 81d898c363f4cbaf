using System.Diagnostics;
using System.Globalization;

namespace EdgeGate.Tests.Interop;

/// <summary>Asks this machine's own headers: compiles a few lines of C and reads what they print.</summary>
internal static class CProgram
{
    /// <summary>Evaluates integer expressions; the test is skipped where there is no C compiler.</summary>
    internal static async Task<Dictionary<string, long>> EvaluateAsync(
        IEnumerable<string> headers, IEnumerable<string> expressions, CancellationToken cancel)
    {
        if (FindCompiler() is not { } compiler)
        {
            Assert.Skip("this machine has no C compiler to ask for the real headers");
            return [];
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("edgegate-layout-");
        try
        {
            string source = Path.Combine(folder.FullName, "layout.c");
            string program = Path.Combine(folder.FullName, "layout");
            await File.WriteAllTextAsync(source, Source(headers, expressions), cancel);
            await RunAsync(compiler, ["-o", program, source], cancel);
            string output = await RunAsync(program, [], cancel);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('|'))
                .ToDictionary(part => part[0], part => long.Parse(part[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Source(IEnumerable<string> headers, IEnumerable<string> expressions) =>
        "#define _GNU_SOURCE\n#include <stdio.h>\n#include <stddef.h>\n"
        + string.Concat(headers.Select(header => $"#include <{header}>\n"))
        + "int main(void) {\n"
        + string.Concat(expressions.Select(e => $"  printf(\"{e}|%lld\\n\", (long long)({e}));\n"))
        + "  return 0;\n}\n";

    private static string? FindCompiler() =>
        (from name in new[] { "cc", "gcc", "clang" }
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();

    private static async Task<string> RunAsync(string file, string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        string output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
