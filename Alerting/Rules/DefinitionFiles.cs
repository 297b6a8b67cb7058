using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using TimeSeries.Core.Files;

namespace TimeSeries.Alerting.Rules;

/// <summary>
/// The files of one kind of definition (rules, silences, receivers): <c>{directory}/{pcode}/{kind}/{name}.json</c>. A file is replaced in one step and
/// flushed. Thread safe for different files.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="directory">The folder of all definitions.</param>
/// <param name="kind">The folder's name.</param>
internal sealed class DefinitionFiles(IFileSystem files, string directory, string kind)
{
    private const string Extension = ".json";
    private const int MaxFileBytes = 1 << 20;

    /// <summary>Reads the definitions of a project. A file that can't be read costs itself only.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="read">Makes a definition of a file's JSON and name; throws <see cref="DefinitionException"/>.</param>
    /// <param name="bad">The names of files that can't be read, and why.</param>
    public ImmutableArray<T> Load<T>(long pcode, Func<JsonElement, string, T> read, out ImmutableArray<(string File, string Reason)> bad)
    {
        List<T> definitions = [];
        List<(string, string)> unreadable = [];
        foreach (string path in files.List(FolderOf(pcode)).Where(path => path.EndsWith(Extension, StringComparison.Ordinal)))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            try
            {
                RuleFormat.CheckName(name);
                using JsonDocument document = Read(path);
                definitions.Add(read(document.RootElement, name));
            }
            catch (Exception fault) when (fault is DefinitionException or JsonException or IOException or UnauthorizedAccessException)
            {
                unreadable.Add((path, fault.Message));
            }
        }

        bad = [.. unreadable];
        return [.. definitions];
    }

    /// <summary>Makes or replaces the file of a definition. It is durable when this returns.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(long pcode, string name, ReadOnlySpan<byte> json)
    {
        if (!files.Exists(PathOf(pcode, name)))
        {
            MakeFolder(files, directory, FolderOf(pcode));
        }

        // Receivers have secrets.
        files.ReplaceSecret(PathOf(pcode, name), json);
    }

    /// <summary>Makes a folder inside the one of all definitions, which is made too.</summary>
    public static void MakeFolder(IFileSystem files, string directory, string folder)
    {
        // A directory is durable when the one above has its name on stable storage.
        files.CreateDirectory(folder);
        for (string? made = folder; made is not null && made.Length >= directory.Length; made = Path.GetDirectoryName(made))
        {
            files.FlushDirectory(Path.GetDirectoryName(made)!);
        }
    }

    /// <summary>Deletes the file of a definition.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public void Delete(long pcode, string name)
    {
        files.Delete(PathOf(pcode, name));
        files.FlushDirectory(FolderOf(pcode));
    }

    /// <summary>An object in JSON, for people to read.</summary>
    public static byte[] ToJson(Action<Utf8JsonWriter> writeFields)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            writeFields(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private string FolderOf(long pcode) => Path.Combine(directory, pcode.ToString(System.Globalization.CultureInfo.InvariantCulture), kind);

    /// <summary>Where the file of a definition is.</summary>
    public string PathOf(long pcode, string name) => Path.Combine(FolderOf(pcode), name + Extension);

    private JsonDocument Read(string path)
    {
        using IFile file = files.Open(path, FileAccess.Read);
        if (file.Length > MaxFileBytes)
        {
            throw new DefinitionException($"The file is larger than {MaxFileBytes} bytes.");
        }

        byte[] bytes = new byte[file.Length];
        return JsonDocument.Parse(bytes.AsMemory(0, file.Read(bytes, 0)));
    }
}
