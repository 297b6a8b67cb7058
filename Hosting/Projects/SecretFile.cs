using System.Security.Cryptography;
using System.Text;
using TimeSeries.Core.Files;

namespace TimeSeries.Hosting.Projects;

/// <summary>A file that keeps what nobody but its owner may read: secrets of a project that nobody configured, keys of sessions.</summary>
public static class SecretFile
{
    private const int MaxFileBytes = 16_384;

    /// <summary>So many random bytes as hexadecimal digits.</summary>
    public static string RandomText(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>The secret in the file; made, with the file, when there is none.</summary>
    public static string ReadOrMake(IFileSystem files, string path, Func<string> make)
    {
        if (Read(files, path) is { Length: > 0 } kept)
        {
            return kept;
        }

        string secret = make();
        Write(files, path, secret);
        return secret;
    }

    /// <summary>The secret in the file; empty when there is none.</summary>
    public static string Read(IFileSystem files, string path)
    {
        if (!files.Exists(path))
        {
            return "";
        }

        using IFile file = files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[MaxFileBytes];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, file.Read(bytes, 0))).Trim();
    }

    /// <summary>Makes the file with a secret, or replaces it.</summary>
    public static void Write(IFileSystem files, string path, string secret) => files.ReplaceSecret(path, Encoding.UTF8.GetBytes(secret + "\n"));
}
