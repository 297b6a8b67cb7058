using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.SignIn;

/// <summary>
/// The folder of what sessions need across restarts: the keys that cookies are encrypted with, an id that their name holds, and whether somebody signed in.
/// Only its owner may read the files. Thread safe.
/// </summary>
internal sealed class SessionDirectory : IXmlRepository
{
    private const string KeySuffix = ".key";

    private const int IdBytes = 8;

    private readonly IFileSystem _files;
    private readonly Lazy<string> _path;
    private readonly Lazy<string> _id;

    // Guards the folder.
    private readonly Lock _gate = new();

    /// <summary>Nothing is opened before the first use: the host is made before its options are validated.</summary>
    public SessionDirectory(IFileSystem files, IServiceProvider services)
    {
        _files = files;
        _path = new Lazy<string>(() => Open(services.GetRequiredService<StorageOptions>(), services.GetRequiredService<UiOptions>()));
        _id = new Lazy<string>(() => SecretFile.ReadOrMake(_files, Path.Combine(_path.Value, "id"), () => SecretFile.RandomText(IdBytes)));
    }

    /// <summary>Tells the cookies of hosts apart that share a name, since cookies ignore ports.</summary>
    public string Id => _id.Value;

    /// <summary>Whether somebody signed in, ever.</summary>
    public bool HasSignedIn => _files.Exists(SignedInPath);

    private string SignedInPath => Path.Combine(_path.Value, "signed-in");

    /// <summary>Notes that somebody signed in.</summary>
    public void NoteSignIn(DateTimeOffset now)
    {
        lock (_gate)
        {
            SecretFile.ReadOrMake(_files, SignedInPath, () => now.ToString("O", CultureInfo.InvariantCulture));
        }
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_gate)
        {
            return
            [
                .. _files.List(_path.Value).Where(name => name.EndsWith(KeySuffix, StringComparison.Ordinal))
                    .Select(name => SecretFile.Read(_files, Path.Combine(_path.Value, Path.GetFileName(name))))
                    .Where(key => key.Length > 0).Select(XElement.Parse),
            ];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_gate)
        {
            SecretFile.Write(
                _files, Path.Combine(_path.Value, SecretFile.RandomText(IdBytes) + KeySuffix), element.ToString(SaveOptions.DisableFormatting));
        }
    }

    private string Open(StorageOptions storage, UiOptions options)
    {
        string path = Path.GetFullPath(options.Directory.Length > 0 ? options.Directory : Path.Combine(storage.Directory, "ui"));
        _files.CreateDirectory(path);
        return path;
    }
}
