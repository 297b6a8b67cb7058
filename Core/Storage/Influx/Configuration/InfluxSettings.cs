using System.Globalization;
using System.Text;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>
/// The settings as texts, from the process environment, which wins, and from <c>influx.env</c>. A secret may come from a file instead (<c>…_FILE</c>).
/// <see cref="Errors"/> collects what is wrong.
/// </summary>
internal sealed class InfluxSettings
{
    private const string FileName = "influx.env";
    private const string FileSuffix = "_FILE";

    // A token is a line; a larger file is a mistake.
    private const int MaxFileBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly Func<string, string?> _environment;
    private readonly Dictionary<string, string> _fromFile = new(StringComparer.Ordinal);

    public InfluxSettings(IFileSystem files, string workingDirectory, string? path, Func<string, string?> environment)
    {
        _files = files;
        _environment = environment;
        Path = path is null ? Search(workingDirectory) : System.IO.Path.GetFullPath(path, workingDirectory);
        if (Path is not null && ReadText(Path, path is null ? FileName : "--influx-env") is { } text)
        {
            ReadLines(text);
        }
    }

    /// <summary>The file that was read; null when there was none.</summary>
    public string? Path { get; }

    public List<string> Errors { get; } = [];

    /// <summary>The value under the first of the names that has one, environment first; null when none has. An empty one in the environment counts.</summary>
    public string? Find(params ReadOnlySpan<string> names) => Find(names, out _);

    /// <summary>The same, with the name that had it.</summary>
    public string? Find(ReadOnlySpan<string> names, out string found)
    {
        foreach (string name in names)
        {
            if (_environment(name) is { } value)
            {
                found = name;
                return value.Trim();
            }
        }

        foreach (string name in names)
        {
            if (_fromFile.TryGetValue(name, out string? value))
            {
                found = name;
                return value;
            }
        }

        found = names[0];
        return null;
    }

    /// <summary>A secret, or the content of the file that <c>…_FILE</c> names; empty when there is none.</summary>
    public string Secret(params ReadOnlySpan<string> names) => Secret(_environment, names) ?? Secret(_fromFile.GetValueOrDefault, names) ?? "";

    private string? Secret(Func<string, string?> source, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string? value = source(name)?.Trim();
            string? path = source(name + FileSuffix)?.Trim();
            if (!string.IsNullOrEmpty(value) && !string.IsNullOrEmpty(path))
            {
                Errors.Add($"{name} and {name}{FileSuffix} are both set; one of them is to be.");
            }

            if (!string.IsNullOrEmpty(path))
            {
                return ReadText(path, name + FileSuffix)?.Trim() ?? "";
            }

            if (value is not null)
            {
                return value;
            }
        }

        return null;
    }

    private string? Search(string directory)
    {
        for (string? at = System.IO.Path.GetFullPath(directory); at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            string path = System.IO.Path.Combine(at, FileName);
            if (_files.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private string? ReadText(string path, string key)
    {
        try
        {
            using IFile file = _files.Open(path, FileAccess.Read);
            byte[] bytes = new byte[Math.Min(file.Length, MaxFileBytes)];
            return Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Errors.Add($"{key}: the file {path} can't be read: {fault.Message}");
            return null;
        }
    }

    private void ReadLines(string text)
    {
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            ReadOnlySpan<char> rest = line.AsSpan().Trim().TrimStart('\uFEFF');
            if (rest.IsEmpty || rest[0] == '#')
            {
                continue;
            }

            rest = rest.StartsWith("export ", StringComparison.Ordinal) ? rest["export ".Length..].TrimStart() : rest;
            int equals = rest.IndexOf('=');
            if (equals <= 0)
            {
                // The line may hold a secret, so it is named by its number.
                Errors.Add(string.Create(CultureInfo.InvariantCulture, $"{Path}: line {number} is not NAME=value."));
                continue;
            }

            _fromFile[rest[..equals].TrimEnd().ToString()] = ValueOf(rest[(equals + 1)..].Trim());
        }
    }

    private static string ValueOf(ReadOnlySpan<char> text)
    {
        if (text.Length >= 2 && text[0] is '"' or '\'')
        {
            int end = text[1..].IndexOf(text[0]);
            if (end >= 0)
            {
                return text.Slice(1, end).ToString();
            }
        }

        // White space separates a comment from a value.
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '#' && (i == 0 || char.IsWhiteSpace(text[i - 1])))
            {
                return text[..i].TrimEnd().ToString();
            }
        }

        return text.ToString();
    }
}
