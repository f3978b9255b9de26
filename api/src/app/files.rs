//! The file store: a local folder, or a store that speaks S3. It knows names and bytes, and nothing of what they are.

use std::path::Path as Folder;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};

use super::error::Result;

/// Where files are kept. Cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// The store that a setting names: `s3://bucket`, `s3://bucket/folder`, or a local folder, which is made when it is
    /// missing. Keys and the address of an S3 store are read from the variables that all of its tools read (`AWS_…`).
    ///
    /// # Errors
    /// A message that says what is wrong.
    pub fn named(setting: &str) -> std::result::Result<Self, String> {
        let Some(bucket) = setting.strip_prefix("s3://") else { return Self::folder(Folder::new(setting)) };
        let (bucket, folder) = bucket.split_once('/').unwrap_or((bucket, ""));
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(PrefixStore::new(store, Path::from(folder)))))
    }

    /// A local folder.
    ///
    /// # Errors
    /// A message that says why it cannot be written.
    pub fn folder(folder: &Folder) -> std::result::Result<Self, String> {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(store.with_fsync(true))))
    }

    /// In memory, for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    /// Any store.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self(store)
    }

    /// Writes a file, whole or not at all.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.0.put(&Path::from(name), bytes.into()).await?;
        Ok(())
    }

    /// Reads a file whole.
    ///
    /// # Errors
    /// When it is not there, or the store does not answer.
    pub async fn get(&self, name: &str) -> Result<Bytes> {
        Ok(self.0.get(&Path::from(name)).await?.bytes().await?)
    }

    /// Reads a part of a file, as a stream.
    ///
    /// # Errors
    /// When it is not there, or the store does not answer.
    pub async fn stream(
        &self,
        name: &str,
        range: std::ops::Range<u64>,
    ) -> Result<BoxStream<'static, std::result::Result<Bytes, object_store::Error>>> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        Ok(self.0.get_opts(&Path::from(name), options).await?.into_stream())
    }

    /// Deletes a file; one that is not there is as good.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.0.delete(&Path::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes everything under a folder.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn clear(&self, folder: &str) -> Result<()> {
        for name in self.names(folder).await? {
            self.delete(&name).await?;
        }
        Ok(())
    }

    /// The names of everything under a folder.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn names(&self, folder: &str) -> Result<Vec<String>> {
        let prefix = (!folder.is_empty()).then(|| Path::from(folder));
        let found = self.0.list(prefix.as_ref());
        Ok(found.map_ok(|meta| meta.location.to_string()).boxed().try_collect().await?)
    }
}
