using System.Globalization;
using System.Text;

namespace TimeSeries.Benchmarks.PowerCuts;

/// <summary>
/// Reads what strace wrote of a process, as <see cref="Arguments"/> has it write: all texts in hexadecimal, descriptors with their paths, the time before each
/// call. Calls that began before another ended stand where they ended.
/// </summary>
internal static class CallTrace
{
    private const string Unfinished = " <unfinished ...>";
    private const string Resumed = " resumed>";
    private const string Deleted = " (deleted)";

    // Calls that change what is on a disk. Maps of files for writing would not be seen; no part of the product makes one of its directory.
    private const string Calls = "openat,pwrite64,pwritev,pwritev2,write,writev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
        + "link,linkat";

    /// <summary>The command line of strace, up to the traced program.</summary>
    /// <param name="output">Where it writes to.</param>
    public static string[] Arguments(string output) =>
        ["strace", "-f", "--seccomp-bpf", "-ttt", "-y", "-xx", "-s", "67108864", "-e", $"trace={Calls}", "-e", "signal=none", "-o", output];

    /// <summary>The calls to files of a directory that succeeded, in order.</summary>
    /// <exception cref="InvalidDataException">A call is none of those that this knows, or is cut short.</exception>
    public static List<TracedCall> Read(IEnumerable<string> lines, string directory)
    {
        List<TracedCall> calls = [];
        Dictionary<string, string> begun = [];
        foreach (string line in lines)
        {
            (string thread, string time, string call) = Split(line);
            if (call.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                begun[thread] = call[..^Unfinished.Length];
                continue;
            }

            if (call.StartsWith("<... ", StringComparison.Ordinal))
            {
                call = begun.Remove(thread, out string? first) ? first + call[(call.IndexOf(Resumed, StringComparison.Ordinal) + Resumed.Length)..] : "";
            }

            if (Parse(double.Parse(time, CultureInfo.InvariantCulture), call) is { } parsed && IsBelow(parsed.Path, directory))
            {
                calls.Add(parsed);
            }
        }

        return calls;
    }

    private static bool IsBelow(string path, string directory) =>
        path == directory || (path.StartsWith(directory, StringComparison.Ordinal) && path[directory.Length] == '/');

    private static (string Thread, string Time, string Call) Split(string line)
    {
        string[] parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 3 ? (parts[0], parts[1], parts[2]) : ("", "0", "");
    }

    private static TracedCall? Parse(double time, string call)
    {
        int name = call.IndexOf('(', StringComparison.Ordinal);
        int end = call.LastIndexOf(" = ", StringComparison.Ordinal);
        if (name < 0 || end < name || call[end + 3] is '-' or '?')
        {
            return null;
        }

        string arguments = call[(name + 1)..end].TrimEnd().TrimEnd(')');
        string described = DescriptorPath(arguments);
        return call[..name] switch
        {
            "openat" => Open(time, arguments),
            "pwrite64" or "pwritev" => Write(time, described, arguments, Number(call[(end + 3)..])),
            "ftruncate" => new TracedCall(time, CallKind.SetLength, described) { Offset = Number(Last(arguments)) },
            "fallocate" => new TracedCall(time, CallKind.Reserve, described) { Offset = Number(Last(arguments)) },
            "fsync" or "fdatasync" => new TracedCall(time, CallKind.Flush, described),
            "rename" => Texts(arguments) is var names
                ? new TracedCall(time, CallKind.Move, Encoding.UTF8.GetString(names[0])) { To = Encoding.UTF8.GetString(names[1]) } : null,
            "unlink" => new TracedCall(time, CallKind.Delete, Encoding.UTF8.GetString(Texts(arguments)[0])),
            var other => Unknown(time, other, described),
        };
    }

    // Logs and sockets are written to in other ways; a file of the directory is not.
    private static TracedCall? Unknown(double time, string name, string path) =>
        name is "write" or "writev" && !path.Contains("/data/", StringComparison.Ordinal)
        ? null
        : throw new InvalidDataException($"{name} of {path} at {time} is no call that this knows.");

    private static TracedCall? Open(double time, string arguments)
    {
        string flags = arguments[(arguments.LastIndexOf('"') + 1)..];
        CallKind kind = flags.Contains("O_TRUNC", StringComparison.Ordinal) ? CallKind.MakeEmpty : CallKind.Make;
        return flags.Contains("O_CREAT", StringComparison.Ordinal) ? new TracedCall(time, kind, Encoding.UTF8.GetString(Texts(arguments)[0])) : null;
    }

    private static TracedCall? Write(double time, string path, string arguments, long written)
    {
        byte[] bytes = [.. Texts(arguments).SelectMany(text => text)];
        return path.EndsWith(Deleted, StringComparison.Ordinal) ? null
            : bytes.Length < written ? throw new InvalidDataException($"The write to {path} at {time} is cut short in the trace.")
            : new TracedCall(time, CallKind.Write, path) { Bytes = bytes[..(int)written], Offset = Number(Last(arguments)) };
    }

    // 57<\x2f…> at the beginning.
    private static string DescriptorPath(string arguments)
    {
        int start = arguments.IndexOf('<', StringComparison.Ordinal);
        int end = arguments.IndexOf('>', StringComparison.Ordinal);
        return start < 0 || end < start ? "" : Encoding.UTF8.GetString(FromEscapes(arguments.AsSpan(start + 1, end - start - 1)));
    }

    private static List<byte[]> Texts(string arguments)
    {
        List<byte[]> texts = [];
        for (int start = arguments.IndexOf('"', StringComparison.Ordinal); start >= 0;)
        {
            int end = arguments.IndexOf('"', start + 1);
            texts.Add(FromEscapes(arguments.AsSpan(start + 1, end - start - 1)));
            start = arguments.IndexOf('"', end + 1);
        }

        return texts;
    }

    // \x2f\x64 and so on; what strace adds of its own, " (deleted)", stands as it is.
    private static byte[] FromEscapes(ReadOnlySpan<char> text)
    {
        List<byte> bytes = new(text.Length / 4);
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '\\')
            {
                bytes.Add(byte.Parse(text.Slice(i + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                bytes.Add((byte)text[i++]);
            }
        }

        return [.. bytes];
    }

    private static string Last(string arguments) => arguments[(arguments.LastIndexOf(',') + 1)..];

    private static long Number(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        return long.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}
