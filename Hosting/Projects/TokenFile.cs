using System.Security.Cryptography;
using System.Text;
using TimeSeries.Core.Files;

namespace TimeSeries.Hosting.Projects;

/// <summary>The file that keeps the token of a project nobody configured; only its owner may read it.</summary>
internal static class TokenFile
{
    // As strong as the hash that it is looked up by.
    private const int TokenBytes = 32;
    private const int MaxFileBytes = 1_024;

    /// <summary>The token in the file; made, with the file, when there is none.</summary>
    /// <returns>The token, and whether it was made now.</returns>
    public static (string Token, bool IsNew) ReadOrMake(IFileSystem files, string path)
    {
        if (files.Exists(path))
        {
            using IFile file = files.Open(path, FileAccess.Read);
            byte[] bytes = new byte[MaxFileBytes];
            string kept = Encoding.UTF8.GetString(bytes.AsSpan(0, file.Read(bytes, 0))).Trim();
            if (kept.Length > 0)
            {
                return (kept, false);
            }
        }

        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        Make(files, path, token);
        return (token, true);
    }

    private static void Make(IFileSystem files, string path, string token)
    {
        string temporary = path + ".new";
        if (files.Exists(temporary))
        {
            files.Delete(temporary);
        }

        OwnerOnlyFile.Make(temporary);
        using (IFile file = files.Create(temporary))
        {
            file.Write(Encoding.UTF8.GetBytes(token + "\n"), 0);
            file.Flush();
        }

        files.Move(temporary, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
